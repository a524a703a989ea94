import { routeGroup, type RouteGroup } from '../../../../src/platform/http/route-group.js';

describe('routeGroup', () => {
  const routes: [method: string, route: string, group: RouteGroup][] = [
    ['GET', '/:id/resolve/*rest', 'files'],
    ['HEAD', '/datasets/:id/raw/*rest', 'files'],
    ['GET', '/lfs/download/:capability', 'files'],
    ['POST', '/*id/git-upload-pack', 'files'],
    ['GET', '/xet/xorbs/:capability/:part', 'files'],
    ['GET', '/xet/v2/reconstructions/:id', 'files'],
    ['GET', '/api/:types/:namespace/:name/xet-read-token/*rest', 'repositories'],
    ['GET', '/*id/info/refs', 'repositories'],
    ['HEAD', '/v2/:namespace/:name/manifests/:reference', 'repositories'],
    ['GET', '/api/models/:id', 'repositories'],
    ['GET', '/api/datasets/:id/tree/*rest', 'repositories'],
    ['POST', '/api/models/:id/paths-info/*rest', 'repositories'],
    ['GET', '/api/:types/:namespace/:name/auth-check', 'repositories'],
    ['GET', '/api/models', 'lists'],
    ['GET', '/api/whoami-v2', 'accounts'],
    ['POST', '/api/auth/login', 'accounts'],
    ['PUT', '/api/users/:name/avatar', 'accounts'],
    ['POST', '/org/create', 'accounts'],
    ['POST', '/api/:types/:namespace/:name/commit/*rest', 'writes'],
    ['PUT', '/lfs/upload/:capability', 'writes'],
    ['GET', '/api/:types/:namespace/:name/xet-write-token/*rest', 'writes'],
    ['POST', '/xet/v1/shards', 'writes'],
    ['POST', '/:namespace/:name.git/info/lfs/objects/batch', 'writes'],
    ['DELETE', '/admin/api/fallback-sources/cache/clear', 'admin'],
    ['GET', '/health/ready', 'operations'],
    ['GET', '/', 'pages'],
    ['GET', '/*path', 'pages'],
    ['GET', '/assets/*path', 'pages'],
    ['GET', '/api/version', 'other'],
    ['GET', 'none', 'other'],
  ];

  it('returns the group of a route', () => {
    expect(routes.map(([method, route]) => [method, route, routeGroup(method, route)])).toEqual(routes);
  });
});
