/** The frame of the screens that ask; where there is room, its title says what is asked about. */

import type { FrameProps } from '../../ui/frame.tsx';
import { useSize, useTheme } from '../../ui/theme.tsx';
import { AppFrame } from '../app-frame.tsx';
import type { FormId } from './questions.ts';

/** Narrower than this, the head line is left to what is said at its right end. */
const ABOUT_FROM = 70;

export function WizardFrame({
  screen,
  ...rest
}: Omit<FrameProps, 'title'> & { readonly screen: FormId | 'source' | 'review' }) {
  const { t } = useTheme();
  const { columns } = useSize();
  const title = t(`${screen}.title`);
  const whole = t('title.about', { title, about: t(`${screen}.about`) });
  return <AppFrame title={columns < ABOUT_FROM ? title : whole} {...rest} />;
}
