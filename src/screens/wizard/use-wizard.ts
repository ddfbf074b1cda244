import { useSyncExternalStore } from 'react';
import { useApp } from '../use-app.ts';
import type { WizardActions } from './wizard-actions.ts';
import type { WizardState } from './wizard-state.ts';

export function useWizard(): { readonly wizard: WizardActions; readonly state: WizardState } {
  const { wizard } = useApp();
  return { wizard, state: useSyncExternalStore(wizard.store.subscribe, wizard.store.shown) };
}
