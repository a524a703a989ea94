import { inject, provide, type ComputedRef, type InjectionKey } from 'vue';
import type { OwnAccess } from '@/api/access-requests';
import type { Permissions } from '@/api/permissions';
import type { RepoInfo, RepoName } from '@/api/repositories';

/** The repository of the page, for its tabs. They are rendered only after it is loaded. */
export interface RepositoryContext {
  readonly name: ComputedRef<RepoName>;
  readonly info: ComputedRef<RepoInfo>;
  /** Whether it is served from a source. */
  readonly external: ComputedRef<boolean>;
  readonly permissions: ComputedRef<Permissions>;
  /** The user's access to the files; undefined while it loads. */
  readonly access: ComputedRef<OwnAccess | undefined>;
}

const KEY: InjectionKey<RepositoryContext> = Symbol('repository');

export const provideRepository = (context: RepositoryContext): void => provide(KEY, context);

export function useRepositoryContext(): RepositoryContext {
  const context = inject(KEY);
  if (!context) throw new Error('useRepositoryContext() must be called inside RepositoryPage');
  return context;
}
