import { describe, expect, it } from '@jest/globals';
import { evaluationResults } from '../../../web/src/pages/repository/evaluation-results.js';

describe('evaluationResults', () => {
  it('lists the metrics of all results', () => {
    const index = [
      {
        name: 'near',
        results: [
          {
            task: { type: 'text-classification' },
            dataset: { name: 'Rows', type: 'alice/rows' },
            metrics: [
              { type: 'accuracy', name: 'Accuracy', value: 0.91234567, verified: true },
              { type: 'f1', value: '0.9' },
              { type: 'loss' },
            ],
          },
        ],
      },
    ];
    const shared = { task: 'text-classification', dataset: 'Rows' };
    expect(evaluationResults(index)).toEqual([
      { ...shared, metric: 'Accuracy', value: '0.91235', isVerified: true },
      { ...shared, metric: 'f1', value: '0.9', isVerified: false },
    ]);
  });

  it.each([undefined, null, 'text', {}, [null], [{ results: 'x' }], [{ results: [{ metrics: [{ value: {} }, 3] }] }]])(
    'ignores malformed metadata: %j',
    (index) => expect(evaluationResults(index)).toEqual([]),
  );

  it('is limited', () => {
    const metrics = Array.from({ length: 500 }, () => ({ type: 'x', value: 1 }));
    expect(evaluationResults([{ results: [{ metrics }] }])).toHaveLength(100);
  });
});
