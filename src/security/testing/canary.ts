/**
 * Where a secret shows in a text: as it is, backwards encodings included, or as a part that is long enough to matter.
 *
 * @returns the names of the forms that were found
 */
export function traces(secret: string, text: string): string[] {
  const bytes = Buffer.from(secret)
  const forms: Readonly<Record<string, string>> = {
    plain: secret,
    half: secret.slice(0, Math.ceil(secret.length / 2)),
    'other half': secret.slice(Math.floor(secret.length / 2)),
    json: JSON.stringify(secret).slice(1, -1),
    url: encodeURIComponent(secret),
    hex: bytes.toString('hex'),
    base64: bytes.toString('base64').replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
  }
  return Object.keys(forms).filter(name => text.includes(forms[name] ?? secret))
}
