import { describe } from '@jest/globals';
import { describeMatrix } from './matrix-suite.js';
import { Replicas } from './replicas.js';

describe('the rights of callers', () => describeMatrix((env) => Replicas.single(env)));
