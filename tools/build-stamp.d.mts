export function stampOf(sources: readonly string[]): Promise<string>;
export function writeStamp(output: string, stamp: string): Promise<void>;
export function isCurrent(part: { readonly sources: readonly string[]; readonly output: string }): Promise<boolean>;
