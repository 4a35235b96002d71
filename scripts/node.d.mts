/** What the command's own first line gives Node, for those who start it otherwise. */
export function nodeFlags(): readonly string[]
