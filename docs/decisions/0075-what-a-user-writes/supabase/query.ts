// task: query
import { createClient } from "@supabase/supabase-js";
// Made anew after each migration: supabase gen types typescript --local > database.types.ts
import type { Database } from "./database.types.ts";

const supabase = createClient<Database>("http://localhost:54321", "publishable key");
const { data: reviews, error } = await supabase
  .from("reviews")
  .select("*, author:profiles(name), school:schools!inner(name)")
  .gte("stars", 4)
  .eq("school.country", "nl")
  .order("created", { ascending: false })
  .limit(20);
if (error) throw error;
