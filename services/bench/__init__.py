"""What a step costs, measured in pairs within one run: `jiban bench kernel|store|timers|clocks|inbox`. Figures, never tests."""
