import type { Schemas } from '@/api/client';
import type { paths } from '@/api/schema';

export type AuditPage = Schemas['AuditPageDto'];
export type AuditQuery = NonNullable<paths['/admin/api/audit-log']['get']['parameters']['query']>;
/** The filters of an export. */
export type AuditFilter = Omit<AuditQuery, 'limit' | 'cursor'>;

/** The requests for one audit log: that of the hub or of an organization. */
export interface AuditSource {
  /** Key of its queries. */
  readonly key: readonly string[];
  readonly load: (query: AuditQuery, signal: AbortSignal) => Promise<AuditPage>;
  /** Reads the matching events as JSON Lines. */
  readonly exported: (filter: AuditFilter) => Promise<string>;
}

/** The fields of the search form. Days are those of the browser. */
export interface AuditSearch {
  readonly actor: string;
  readonly repo: string;
  readonly action: string;
  readonly from: string;
  readonly to: string;
}

const startOf = (day: string, offset = 0): string => {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + offset);
  return date.toISOString();
};

/** The filter of a search, without empty fields. The last day is included. */
export const filterOf = ({ actor, repo, action, from, to }: AuditSearch): AuditFilter => ({
  ...(actor ? { actor } : {}),
  ...(repo ? { repo } : {}),
  ...(action ? { action } : {}),
  ...(from ? { from: startOf(from) } : {}),
  ...(to ? { to: startOf(to, 1) } : {}),
});
