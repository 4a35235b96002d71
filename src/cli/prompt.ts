import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Whether there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** Asks on the terminal. @returns whether the answer was yes */
export async function askYes(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise(resolve => {
    reader.question(`${question} [y/N] `, line => {
      resolve(/^y(es)?$/i.test(line.trim()))
      reader.close()
    })
    reader.once('close', () => resolve(false))
  })
}

/**
 * Asks on the terminal without showing what is typed.
 *
 * @returns null: Ctrl-C, or the end of the input
 */
export function askHidden(question: string): Promise<string | null> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(question)
  return new Promise(resolve => {
    reader.once('line', line => {
      resolve(line)
      reader.close()
    })
    reader.once('close', () => {
      process.stderr.write('\n')
      resolve(null)
    })
  })
}
