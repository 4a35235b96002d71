import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** Beside the repository's folder, because recorded prices are not part of it. */
export const RECORDED = fileURLToPath(
  new URL('../../../shared/market/BTCUSDT-1m-2023-03-01_21.csv.gz', import.meta.url),
)

/** @returns the candles as text, unpacked where the name ends in .gz */
export function readCandles(file: string): string {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}
