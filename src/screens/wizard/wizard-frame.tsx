/** Frame of the wizard's screens. On wide terminals the title has a short description. */

import type { FrameProps } from '../../ui/frame.tsx';
import { useSize, useTheme } from '../../ui/theme.tsx';
import { AppFrame } from '../app-frame.tsx';
import type { ListField } from '../navigation.ts';
import type { FormId } from './questions.ts';

/** Narrower terminals leave the head line to the status. */
const ABOUT_COLUMNS = 70;

export function WizardFrame({
  screen,
  ...rest
}: Omit<FrameProps, 'title'> & { readonly screen: FormId | ListField | 'source' | 'review' }) {
  const { t } = useTheme();
  const { columns } = useSize();
  const title = t(`${screen}.title`);
  const longTitle = t('title.about', { title, about: t(`${screen}.about`) });
  return <AppFrame title={columns < ABOUT_COLUMNS ? title : longTitle} {...rest} />;
}
