import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { REPO_TYPES, type RepoType } from './api/repositories';

/** Words that follow a repository's id in the address of one of its pages: no repository is called so. */
const PARTS = ['tree', 'blob', 'commits', 'commit', 'metadata', 'settings', 'upload', 'edit', 'new'];
// In a parameter's pattern the router takes every bracket that closes for the end of the pattern, unless it is escaped.
const REPO_NAME = `:name((?!(?:${PARTS.join('|')}\\)(?:/|$\\)\\)[^/]+)`;

const parts = (): RouteRecordRaw[] => [
  { path: '', name: undefined, component: () => import('./pages/repository/card-tab.vue'), meta: { tab: 'card' } },
  {
    path: 'tree/:revision/:path(.*)*',
    component: () => import('./pages/repository/files-tab.vue'),
    meta: { tab: 'files' },
  },
  {
    path: 'blob/:revision/:path(.*)+',
    component: () => import('./pages/repository/file-tab.vue'),
    meta: { tab: 'files' },
  },
  { path: 'metadata', component: () => import('./pages/repository/metadata-tab.vue'), meta: { tab: 'metadata' } },
  {
    path: 'commits/:revision',
    component: () => import('./pages/repository/commits-tab.vue'),
    meta: { tab: 'commits' },
  },
  { path: 'settings', component: () => import('./pages/repository/settings-tab.vue'), meta: { tab: 'settings' } },
  {
    path: 'upload/:revision/:path(.*)*',
    component: () => import('./pages/repository/upload-tab.vue'),
    meta: { tab: 'files' },
  },
  {
    path: 'edit/:revision/:path(.*)+',
    component: () => import('./pages/repository/edit-tab.vue'),
    meta: { tab: 'files' },
  },
  {
    path: 'new/:revision/:path(.*)*',
    component: () => import('./pages/repository/edit-tab.vue'),
    props: { fresh: true },
    meta: { tab: 'files' },
  },
];

/** A repository's pages; ids of one segment (`gpt2`) have them too. */
const repository = (type: RepoType, path: string): RouteRecordRaw => ({
  path: `${type === 'model' ? '' : `/${type}s`}${path}`,
  component: () => import('./pages/repository/repository-page.vue'),
  props: ({ params }) => ({ type, namespace: params['namespace'] ?? '', name: params['name'] }),
  children: parts(),
});

const lists: RouteRecordRaw[] = REPO_TYPES.map((type) => ({
  path: `/${type}s`,
  component: () => import('./pages/lists/list-page.vue'),
  props: { type },
}));

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  routes: [
    { path: '/', component: () => import('./pages/home/home-page.vue') },
    ...lists,
    { path: '/login', component: () => import('./pages/sign-in/sign-in-page.vue') },
    { path: '/join', component: () => import('./pages/sign-in/register-page.vue') },
    { path: '/settings/:part?/:name?', component: () => import('./pages/settings/settings-page.vue'), props: true },
    { path: '/new', component: () => import('./pages/create/new-repository-page.vue') },
    { path: '/organizations/new', component: () => import('./pages/create/new-organization-page.vue') },
    { path: '/admin/:part?', component: () => import('./admin/admin-layout.vue'), props: true },
    repository('dataset', `/:namespace/${REPO_NAME}`),
    repository('space', `/:namespace/${REPO_NAME}`),
    repository('dataset', '/:name'),
    repository('space', '/:name'),
    repository('model', `/:namespace/${REPO_NAME}`),
    { path: '/:name', component: () => import('./pages/account/account-page.vue'), props: true },
    repository('model', '/:name'),
    { path: '/:anything(.*)*', component: () => import('./pages/not-found-page.vue') },
  ],
});
