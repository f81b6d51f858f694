/** Of what somebody wants to be told, and how; kept in this browser. */
import { isYesOrNo, preference } from '../preferences';

/** What there is to tell of. */
export const KINDS = ['needs_input', 'finished', 'over_budget', 'failed', 'rate_limited'] as const;
export type Kind = (typeof KINDS)[number];

const yesOrNo = (name: string, usual: boolean) => preference(`tell.${name}`, usual, isYesOrNo);

export const told: Record<Kind, ReturnType<typeof yesOrNo>> = {
  needs_input: yesOrNo('needs_input', true),
  finished: yesOrNo('finished', true),
  over_budget: yesOrNo('over_budget', true),
  failed: yesOrNo('failed', true),
  rate_limited: yesOrNo('rate_limited', true),
};

export const byToast = yesOrNo('toast', true);
export const bySound = yesOrNo('sound', false);
/** Shown by the browser while the page is hidden; needs its permission, too. */
export const byBrowser = yesOrNo('browser', false);
/** The number in the tab's title and on its icon. */
export const byCount = yesOrNo('count', true);
