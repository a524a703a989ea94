import { Boxes, Gauge, Layers, Route, ServerCog, UsersRound } from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';

/** A page of the portal. */
export interface AdminPage {
  /** In its address; empty for the first. */
  readonly path: string;
  readonly title: string;
  readonly icon: Component;
  readonly shows: Component;
}

export const ADMIN_PAGES: readonly AdminPage[] = [
  {
    path: '',
    title: 'Overview',
    icon: Gauge,
    shows: defineAsyncComponent(() => import('./overview/overview-page.vue')),
  },
  {
    path: 'fallback-sources',
    title: 'Fallback Sources',
    icon: ServerCog,
    shows: defineAsyncComponent(() => import('./sources/sources-page.vue')),
  },
  {
    path: 'cache',
    title: 'Cache',
    icon: Layers,
    shows: defineAsyncComponent(() => import('./cache/cache-page.vue')),
  },
  {
    path: 'chain-tester',
    title: 'Chain tester',
    icon: Route,
    shows: defineAsyncComponent(() => import('./dry-run/dry-run-page.vue')),
  },
  {
    path: 'accounts',
    title: 'Accounts',
    icon: UsersRound,
    shows: defineAsyncComponent(() => import('./accounts/accounts-page.vue')),
  },
  {
    path: 'repositories',
    title: 'Repositories',
    icon: Boxes,
    shows: defineAsyncComponent(() => import('./repositories/repositories-page.vue')),
  },
];
