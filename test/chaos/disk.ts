import { spawnSync } from 'node:child_process'

/** What is wrong with the disk of the server, and of nobody else. */
export type DiskTrouble =
  | { readonly kind: 'slow'; readonly syncMs: number }
  /** From the n-th write on. */
  | { readonly kind: 'full'; readonly fromWrite: number }
  /** The n-th sync. */
  | { readonly kind: 'failing'; readonly atSync: number }

/** strace can make system calls of one process slow or fail, which needs no disk of its own. */
export function canTrouble(): boolean {
  return spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0
}

/** What stands in front of a command line. strace is the grandchild (-D): signals reach the command itself. */
export function troubled(trouble: DiskTrouble): readonly string[] {
  const quiet = ['strace', '-D', '-f', '--seccomp-bpf', '-qqq', '-o', '/dev/null']
  switch (trouble.kind) {
    case 'slow':
      return [...quiet, '-e', `inject=fsync,fdatasync:delay_enter=${trouble.syncMs}ms`]
    case 'full':
      return [...quiet, '-e', `inject=pwrite64:error=ENOSPC:when=${trouble.fromWrite}+`]
    case 'failing':
      return [...quiet, '-e', `inject=fsync,fdatasync:error=EIO:when=${trouble.atSync}+`]
  }
}
