import { mayRedirectHead } from '../../../../src/repos/read/may-redirect-head.js';

const ownHosts = ['hub.example', 'localhost'];

it.each([
  ['https://cas-bridge.xethub.hf.co/x?sig=1', true],
  ['https://us.aws.cdn.hf.co/x', true],
  ['https://bucket.s3.amazonaws.com/x', true],
  ['https://source.example/cdn/x', false],
  ['https://SOURCE.example:443/cdn/x', false],
  ['https://huggingface.co/x', false],
  ['https://HuggingFace.co:8443/x', false],
  ['https://hf.co/x', false],
  ['https://hub-ci.huggingface.co/x', false],
  ['http://hub.example:9999/x', false],
  ['http://localhost/x', false],
])('mayRedirectHead(%j) is %s', (target, expected) =>
  expect(mayRedirectHead(target, 'https://source.example', ownHosts)).toBe(expected),
);
