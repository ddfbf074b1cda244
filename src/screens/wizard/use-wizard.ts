/** Hook by which the wizard's screens read its state and request actions. */
import { useSyncExternalStore } from 'react';
import { useApp } from '../use-app.ts';
import type { WizardHandle } from './wizard-actions.ts';
import type { WizardState } from './wizard-state.ts';

export function useWizard(): { readonly wizard: WizardHandle; readonly state: WizardState } {
  const { wizard } = useApp();
  return { wizard, state: useSyncExternalStore(wizard.store.subscribe, wizard.store.shown) };
}
