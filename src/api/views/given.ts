type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/** What a change names: a property that is there without a value is one that was left out. */
export function withoutUndefined<T extends object>(change: T): Given<T>
export function withoutUndefined(change: object): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
