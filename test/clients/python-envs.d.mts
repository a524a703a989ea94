/** The interpreter of an environment. */
export function pythonOf(env: string): string;
/** Whether an environment is complete. */
export function pythonReady(env: string): boolean;
