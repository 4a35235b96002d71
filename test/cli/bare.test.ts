import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url).pathname

test('[CL21] fresh from the repository, before any install, it says which command is missing', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-bare-')))
  try {
    for (const part of ['bin', 'scripts', 'src', 'exchange', 'package.json'])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin/lockstep'), 'exchange'], {
      encoding: 'utf8',
    })
    expect(stderr).toBe(
      `Lockstep's packages are not installed. Run "npm ci --ignore-scripts" once, in ${folder}.\n`,
    )
    expect(status).toBe(3)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
