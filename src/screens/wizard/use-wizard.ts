import { useSyncExternalStore } from 'react';
import { useDesk } from '../use-app.ts';
import type { WizardDesk } from './wizard-desk.ts';
import type { WizardState } from './wizard-state.ts';

export function useWizard(): { readonly wizard: WizardDesk; readonly state: WizardState } {
  const { wizard } = useDesk();
  return { wizard, state: useSyncExternalStore(wizard.store.subscribe, wizard.store.shown) };
}
