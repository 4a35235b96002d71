import { request } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { err, ok, type Result } from '../domain/result.ts'
import { LOCAL_SOCKET } from '../front/front.ts'

const ANSWER_MS = 5_000

const passShape = z.object({ url: z.string(), token: z.string() })
export type Pass = z.output<typeof passShape>

/** `no_server`: nothing runs there, or a server without `http.port`. */
export interface NoPass {
  readonly kind: 'no_server' | 'refused'
  /** With what to do. */
  readonly message: string
}

/** Asks the server that runs on a data folder for a pass: whoever may open its socket acts as its owner. */
export function askPass(dataFolder: string): Promise<Result<Pass, NoPass>> {
  const socketPath = join(dataFolder, LOCAL_SOCKET)
  return new Promise(resolve => {
    const refuse = (error: NodeJS.ErrnoException): void => resolve(err(problemOf(dataFolder, error)))
    const asked = request({ socketPath, path: '/pass', method: 'POST', timeout: ANSWER_MS }, answer => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        body += chunk
      })
      answer.on('end', () => {
        const pass = answer.statusCode === 200 ? passOf(body) : null
        resolve(
          pass === null
            ? err({
                kind: 'refused',
                message: 'The server gives no pass now. Look at its log, and try again.',
              })
            : ok(pass),
        )
      })
    })
    asked.on('error', refuse)
    asked.on('timeout', () => asked.destroy(new Error('it does not answer')))
    asked.end()
  })
}

/** Null: what answers there is not our server, or was cut off. */
function passOf(body: string): Pass | null {
  try {
    return passShape.parse(JSON.parse(body))
  } catch {
    return null
  }
}

function problemOf(dataFolder: string, { code, message }: NodeJS.ErrnoException): NoPass {
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return {
      kind: 'no_server',
      message: `No server runs on the data folder ${dataFolder}. Start one with lockstep serve, or name its folder with --data.`,
    }
  if (code === 'EACCES')
    return {
      kind: 'refused',
      message: `The data folder ${dataFolder} belongs to another user of this machine. Run this as that user.`,
    }
  return {
    kind: 'refused',
    message: `The server of the data folder ${dataFolder} cannot be asked: ${message}.`,
  }
}
