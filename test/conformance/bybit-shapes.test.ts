import { existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '../../exchange/server/fixture.ts'
import { ANSWERS, type Case, DOCUMENTED, FRAMES, RECORDING_EXCEPTIONS, TYPE_EXCEPTIONS } from './cases.ts'
import { clientFields, keysOf, type TypedAnswer, typeDifferences } from './client-types.ts'
import { playScene, type Scene } from './scene.ts'

// Each answer of the exchange beside what the venue sends: every field of a recorded message is there, every
// field that bybit-api's types promise is there with its type, and none that neither of them knows.
const SHARED = process.env['LOCKSTEP_SHARED']
const FOLDER =
  SHARED === undefined
    ? new URL('../../../shared/payloads/bybit/', import.meta.url)
    : pathToFileURL(`${SHARED}/payloads/bybit/`)
const HERE = existsSync(FOLDER)
if (!HERE)
  process.stdout.write(
    `not compared with recorded messages: ${FOLDER.pathname} is not there (LOCKSTEP_SHARED)\n`,
  )

const CASES = [...ANSWERS, ...FRAMES]
const differing = new Set<string>()
let scene: Scene

beforeAll(async () => {
  scene = await playScene()
})

afterAll(async () => {
  process.stdout.write(`${differing.size} differing shapes over ${CASES.length} routes and topics\n`)
  await scene.close()
})

/** The whole answer, or every frame of a topic. */
function ours({ route }: Case): unknown {
  if (route.includes(' ')) return scene.answers.get(route)
  const frames = [...scene.stream.frames, ...scene.market.frames].filter(frame => frame['topic'] === route)
  return frames.length === 0 ? undefined : frames
}

function recorded(file: string): Json {
  return JSON.parse(readFileSync(new URL(`${file}.json`, FOLDER), 'utf8'))
}

/** Field names without their place, because a recording and an answer nest lists differently. */
function names(value: unknown): ReadonlySet<string> {
  return new Set(keysOf(value).map(key => key.slice(key.lastIndexOf('.') + 1)))
}

function report(each: Case, differences: readonly string[]): void {
  if (differences.length > 0) differing.add(each.route)
  expect(differences).toEqual([])
}

if (HERE) {
  const compared = CASES.filter(each => each.recording !== undefined)
  test.each(compared)('[XW13] $route has every field of $recording', each => {
    const known = names(ours(each))
    const missing = [...names(recorded(each.recording ?? ''))].filter(name => !known.has(name))
    report(
      each,
      missing.filter(name => !Object.hasOwn(RECORDING_EXCEPTIONS, name)),
    )
  })
}

test('[XW30] every answer and frame has the fields that bybit-api promises, with their types', () => {
  const typed = CASES.flatMap((each): TypedAnswer[] => {
    const value = ours(each)
    if (each.type === null) return []
    if (each.route.includes(' ')) return [{ name: each.route, type: each.type, value }]
    const [frame] = Array.isArray(value) ? value : []
    return [{ name: each.route, type: each.type, value: frame?.['data'] }]
  })
  const differences = typeDifferences(typed, new Set(Object.keys(TYPE_EXCEPTIONS)))
  for (const line of differences) differing.add(line.slice(0, line.indexOf(':')))
  expect(differences).toEqual([])
})

test.each(CASES)('[XW30] $route has no field that neither bybit-api nor a recording knows', each => {
  const documented = clientFields()
  const answer = ours(each)
  expect(answer, 'the scene brings no such answer').toBeDefined()
  const theirs = each.recording !== undefined && HERE ? names(recorded(each.recording)) : new Set()
  const strange = [...names(answer)].filter(name => !documented.has(name) && !theirs.has(name))
  report(
    each,
    strange.filter(name => !Object.hasOwn(DOCUMENTED, name)),
  )
})
