/** Removes Xet hints, which would lead clients past the hub to a store that does not know them (contract E, trap 45). */
export function stripXetFromEntries(entries: readonly unknown[]): unknown[] {
  return entries.map((entry) => {
    if (typeof entry !== 'object' || entry === null || !('xetHash' in entry)) return entry;
    const { xetHash: _hint, ...rest } = entry;
    return rest;
  });
}

/** Removes the Xet hints of a repository's files, and its claim to be stored in Xet. */
export function stripXetFromInfo(info: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...info };
  if ('xetEnabled' in plain) plain['xetEnabled'] = false;
  if (Array.isArray(plain['siblings'])) plain['siblings'] = stripXetFromEntries(plain['siblings']);
  return plain;
}
