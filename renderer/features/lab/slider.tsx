import { useEffect, useId, useRef, useState } from 'react';
import { formatCount } from '../../ui/format.ts';
import { TextField } from '../../ui/text-field.tsx';
import styles from './lab.module.css';

interface SliderProps {
  label: string;
  unit: string;
  value: number;
  max: number;
  step: number;
  disabled: boolean;
  onChange: (value: number) => void;
}

/** A slider and the number itself; what is dragged is sent when it rests for a moment. */
export function Slider({ label, unit, value, max, step, disabled, onChange }: SliderProps) {
  const [text, setText] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const id = useId();
  const number = text === null ? value : Number(text);
  const valid = text === null || (/^\d+$/.test(text.trim()) && number <= max);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    if (!/^\d+$/.test(next.trim()) || Number(next) > max) return;
    timer.current = setTimeout(() => {
      onChange(Number(next));
      // From here on the value as it is told back counts again.
      timer.current = setTimeout(() => setText(null), 1_000);
    }, 200);
  };
  return (
    <div className={styles['slider']}>
      <div>
        <label htmlFor={id}>
          {label}
          <span className="visually-hidden">, slider</span>
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={max}
          step={step}
          disabled={disabled}
          value={valid ? number : value}
          aria-valuetext={`${valid ? number : value} ${unit}`}
          onChange={(event) => change(event.target.value)}
        />
      </div>
      <TextField
        label={label}
        hideLabel
        unit={unit}
        inputMode="numeric"
        disabled={disabled}
        value={text ?? String(value)}
        onChange={change}
        error={valid ? undefined : `0 to ${formatCount(max)}.`}
      />
    </div>
  );
}
