import { z } from 'zod';

// The page's policy forbids eval; zod would try it once to find out, which the console reports as a violation.
// This module is imported before any schema is made.
z.config({ jitless: true });
