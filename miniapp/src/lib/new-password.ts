const LENGTH = 6;

/**
 * What stands against a new password before it is sent; undefined when nothing does. Six digits is what a kiosk's PIN
 * pad can type. Whether it is too simple is the server's to say, because it knows the initial one.
 */
export function passwordProblem(password: string, again: string): 'empty' | 'length' | 'differ' | undefined {
  if (password === '') return 'empty';
  if (!/^\d+$/.test(password) || password.length !== LENGTH) return 'length';
  if (again === '') return 'empty';
  return password === again ? undefined : 'differ';
}
