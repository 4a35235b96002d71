import { readFileSync } from 'node:fs'

/** @param file from the project's root */
export function urlOf(file: string): string {
  return new URL(`../../${file}`, import.meta.url).href
}

export function readProjectFile(file: string): string {
  return readFileSync(new URL(urlOf(file)), 'utf8')
}
