import { inject, provide, type ComputedRef, type InjectionKey } from 'vue';
import type { Permissions } from '@/api/permissions';
import type { RepoInfo, RepoName } from '@/api/repositories';

/** What the page of a repository knows, for its tabs: they are shown only when it is there. */
export interface RepositoryContext {
  readonly name: ComputedRef<RepoName>;
  readonly info: ComputedRef<RepoInfo>;
  /** Is it a source's? */
  readonly external: ComputedRef<boolean>;
  readonly rights: ComputedRef<Permissions>;
}

const KEY: InjectionKey<RepositoryContext> = Symbol('repository');

export const provideRepository = (context: RepositoryContext): void => provide(KEY, context);

export function useRepositoryContext(): RepositoryContext {
  const context = inject(KEY);
  if (!context) throw new Error('a tab of a repository stands outside its page');
  return context;
}
