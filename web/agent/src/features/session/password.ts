/** The server's own rule; said before it is broken. */
export const PASSWORD_MIN = 10

export type PasswordProblem = 'short' | 'different'

/** What is wrong with a new password, typed twice. Length is all that is asked for: no riddle of signs and digits. */
export function passwordProblems(password: string, again: string): Record<string, PasswordProblem> {
  const found: Record<string, PasswordProblem> = {}
  if ([...password].length < PASSWORD_MIN) found.password = 'short'
  if (again !== password) found.again = 'different'
  return found
}
