import { expect, it } from '@jest/globals';
import { SessionGate } from '../../../../src/platform/database/session-gate.js';

it('the session gate admits connections in the order of arrival', async () => {
  const gate = new SessionGate();
  const [a, b, c] = [{}, {}, {}];
  const entered: object[] = [];
  const enter = (connection: object) => gate.enter(connection).then(() => entered.push(connection));
  await enter(a);
  const [second, third] = [enter(b), enter(c)];
  await enter(a);
  gate.leave(b);
  expect(entered).toEqual([a, a]);
  gate.leave(a);
  await second;
  expect(gate.owns(b)).toBe(true);
  gate.leave(b);
  await third;
  expect(entered).toEqual([a, a, b, c]);
});
