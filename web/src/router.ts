import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { BASE_PATH } from './api/base-path';
import { MAIN } from './api/repo-urls';
import { REPO_TYPES, type RepoType } from './api/repositories';

/** Path segments that follow a repository id; reserved, so that `/gpt2/settings` is not read as namespace and name. */
const RESERVED_NAMES = [
  'tree',
  'blob',
  'commits',
  'commit',
  'compare',
  'metadata',
  'viewer',
  'settings',
  'upload',
  'edit',
  'new',
];
// Closing brackets are escaped, because the router treats an unescaped one as the end of the parameter's pattern.
const REPO_NAME = `:name((?!(?:${RESERVED_NAMES.join('|')}\\)(?:/|$\\)\\)[^/]+)`;

const historyTabs: RouteRecordRaw[] = [
  {
    path: 'commits/:revision',
    component: () => import('./pages/repository/commits-tab.vue'),
    meta: { tab: 'commits' },
  },
  {
    path: 'commits/:revision/:path(.*)+',
    component: () => import('./pages/repository/commit/file-history-tab.vue'),
    meta: { tab: 'files' },
  },
  // Clients print the address of a commit after an upload.
  {
    path: 'commit/:revision',
    component: () => import('./pages/repository/commit/commit-tab.vue'),
    meta: { tab: 'commits' },
  },
  {
    path: 'compare/:range(.*)*',
    component: () => import('./pages/repository/commit/compare-tab.vue'),
    meta: { tab: 'commits' },
  },
  {
    path: 'branches',
    component: () => import('./pages/repository/refs/refs-tab.vue'),
    meta: { tab: 'files' },
  },
  { path: 'commits', redirect: ({ path }) => `${path.replace(/\/$/, '')}/${MAIN}` },
  { path: 'tree', redirect: ({ path }) => `${path.replace(/\/$/, '')}/${MAIN}` },
];

/** Pages for those who may change the settings. */
const ownerTabs: RouteRecordRaw[] = [
  { path: 'settings', component: () => import('./pages/repository/settings-tab.vue'), meta: { tab: 'settings' } },
  { path: 'settings/usage', component: () => import('./pages/repository/usage-tab.vue'), meta: { tab: 'usage' } },
];

const dataTab: RouteRecordRaw = {
  path: 'viewer/:config?/:split?',
  component: () => import('./pages/repository/dataset-viewer/data-tab.vue'),
  meta: { tab: 'data' },
};

const repositoryTabs = (type: RepoType): RouteRecordRaw[] => [
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
  ...(type === 'dataset' ? [dataTab] : []),
  ...historyTabs,
  ...ownerTabs,
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
    props: { isNew: true },
    meta: { tab: 'files' },
  },
];

/** Routes of a repository's pages. */
const repositoryRoute = (type: RepoType, path: string): RouteRecordRaw => ({
  path: `${type === 'model' ? '' : `/${type}s`}${path}`,
  component: () => import('./pages/repository/repository-page.vue'),
  props: ({ params }) => ({ type, namespace: params['namespace'] ?? '', name: params['name'] }),
  children: repositoryTabs(type),
});

const listRoutes: RouteRecordRaw[] = REPO_TYPES.map((type) => ({
  path: `/${type}s`,
  component: () => import('./pages/lists/list-page.vue'),
  props: { type },
}));

export const router = createRouter({
  history: createWebHistory(BASE_PATH),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  routes: [
    { path: '/', component: () => import('./pages/home/home-page.vue') },
    ...listRoutes,
    { path: '/search', component: () => import('./pages/search/search-page.vue') },
    { path: '/login', component: () => import('./pages/sign-in/sign-in-page.vue') },
    { path: '/join', component: () => import('./pages/sign-in/register-page.vue') },
    { path: '/setup', component: () => import('./pages/sign-in/setup-page.vue') },
    {
      path: '/invitations/:token',
      component: () => import('./pages/invitation/invitation-page.vue'),
      props: true,
    },
    { path: '/device', component: () => import('./pages/device/device-page.vue') },
    {
      path: '/settings/:section?/:name?/:page?',
      component: () => import('./pages/settings/settings-page.vue'),
      props: true,
    },
    { path: '/new', component: () => import('./pages/create/new-repository-page.vue') },
    { path: '/organizations/new', component: () => import('./pages/create/new-organization-page.vue') },
    { path: '/admin/:path?', component: () => import('./admin/admin-layout.vue'), props: true },
    repositoryRoute('dataset', `/:namespace/${REPO_NAME}`),
    repositoryRoute('space', `/:namespace/${REPO_NAME}`),
    // Ids of one segment, such as `gpt2`.
    repositoryRoute('dataset', '/:name'),
    repositoryRoute('space', '/:name'),
    repositoryRoute('model', `/:namespace/${REPO_NAME}`),
    { path: '/:name', component: () => import('./pages/account/account-page.vue'), props: true },
    repositoryRoute('model', '/:name'),
    { path: '/:anything(.*)*', component: () => import('./pages/not-found-page.vue') },
  ],
});
