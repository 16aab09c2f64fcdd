import { z } from "zod";

// Zod would otherwise probe whether it may compile code, which the page's security policy reports as a violation.
z.config({ jitless: true });

export { zodResolver } from "@hookform/resolvers/zod";
export { Controller, useForm } from "react-hook-form";
export { z };
