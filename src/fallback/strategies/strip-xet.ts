/** Removes the Xet hints of a repository in a list, whose files are not offered one by one. */
export function stripXetFromInfo(info: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...info };
  if ('xetEnabled' in plain) plain['xetEnabled'] = false;
  if (Array.isArray(plain['siblings']))
    plain['siblings'] = plain['siblings'].map((entry: unknown) => {
      if (typeof entry !== 'object' || entry === null || !('xetHash' in entry)) return entry;
      const { xetHash: _hint, ...rest } = entry;
      return rest;
    });
  return plain;
}
