import { Boxes, Gauge, Layers, Route, ServerCog, UsersRound } from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';

/** A page of the portal. */
export interface AdminPart {
  /** In its address; empty for the first. */
  readonly path: string;
  readonly title: string;
  readonly icon: Component;
  readonly shows: Component;
}

export const ADMIN_PARTS: readonly AdminPart[] = [
  {
    path: '',
    title: 'Overview',
    icon: Gauge,
    shows: defineAsyncComponent(() => import('./overview/overview-part.vue')),
  },
  {
    path: 'fallback-sources',
    title: 'Fallback Sources',
    icon: ServerCog,
    shows: defineAsyncComponent(() => import('./sources/sources-part.vue')),
  },
  {
    path: 'cache',
    title: 'Cache',
    icon: Layers,
    shows: defineAsyncComponent(() => import('./cache/cache-part.vue')),
  },
  {
    path: 'chain-tester',
    title: 'Chain tester',
    icon: Route,
    shows: defineAsyncComponent(() => import('./tester/tester-part.vue')),
  },
  {
    path: 'accounts',
    title: 'Accounts',
    icon: UsersRound,
    shows: defineAsyncComponent(() => import('./accounts/accounts-part.vue')),
  },
  {
    path: 'repositories',
    title: 'Repositories',
    icon: Boxes,
    shows: defineAsyncComponent(() => import('./repositories/repositories-part.vue')),
  },
];
