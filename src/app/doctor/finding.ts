/** The parts of an installation that are examined, in this order. */
export type Area =
  'settings' | 'limits' | 'disk' | 'database' | 'redis' | 'bucket' | 'sources' | 'clock' | 'addresses' | 'client';

/** `warning`: it works, but may be wrong or soon a problem. */
export type Level = 'ok' | 'warning' | 'problem';

/** One line of the doctor. */
export interface Finding {
  readonly level: Level;
  readonly area: Area;
  /** A whole sentence. Never contains secrets. */
  readonly message: string;
  /** Whole sentences about how to fix it. */
  readonly advice?: string;
}

/** Creates the findings of an area. */
export const findingsOf = (area: Area) => ({
  ok: (message: string): Finding => ({ level: 'ok', area, message }),
  warning: (message: string, advice: string): Finding => ({ level: 'warning', area, message, advice }),
  problem: (message: string, advice: string): Finding => ({ level: 'problem', area, message, advice }),
});

/** A finding as a line of text. */
export const lineOf = ({ level, area, message, advice }: Finding): string =>
  `${level.padEnd(7)}  ${area.padEnd(9)}  ${message}${advice === undefined ? '' : ` → ${advice}`}`;

/** The number of findings of each level, as the last line. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return `${plural(count('problem'), 'problem')}, ${plural(count('warning'), 'warning')}, ${count('ok')} ok.`;
}
