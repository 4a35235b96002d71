import type { Api } from './api.ts'
import { RefusalError } from './errors.ts'
import { MAXIMUM_DEPTH } from './limits.ts'

const OPENING = new Set(['[', '{'])
const CLOSING = new Set([']', '}'])

/** How deep lists and objects lie in one another, by the brackets outside of texts. Parses nothing. */
export function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let inText = false
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charAt(at)
    if (inText && character === '\\') at += 1
    else if (character === '"') inText = !inText
    else if (!inText && OPENING.has(character)) deepest = Math.max(deepest, ++depth)
    else if (!inText && CLOSING.has(character)) depth -= 1
  }
  return deepest
}

/** JSON only, neither deep nor with keys that reach for prototypes. @param types content types that hold it */
export function parseJsonBodies(app: Api, types: readonly string[]): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  for (const type of types) {
    app.addContentTypeParser<string>(type, { parseAs: 'string' }, (request, body, done) => {
      if (depthOf(body) <= MAXIMUM_DEPTH) return parse(request, body, done)
      // Handed over, not thrown: nothing above would catch it.
      const message = `The body is nested deeper than ${MAXIMUM_DEPTH}. Send it flatter.`
      return done(new RefusalError({ code: 'malformed', message }))
    })
  }
}

/** What a form without script sends: each field once. */
export function parseForms(app: Api): void {
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
  )
}
