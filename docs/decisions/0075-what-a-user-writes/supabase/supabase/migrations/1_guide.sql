-- task: define
create table profiles (
  id uuid primary key references auth.users on delete cascade,
  name text not null check (char_length(name) between 1 and 80)
);
create table schools (
  id uuid primary key default gen_random_uuid(),
  name text not null check (char_length(name) <= 200),
  country text not null check (char_length(country) = 2)
);
create table reviews (
  id uuid primary key default gen_random_uuid(),
  school uuid not null references schools on delete cascade,
  author uuid not null default auth.uid() references profiles on delete cascade,
  stars int not null check (stars between 1 and 5),
  body text not null check (char_length(body) <= 4000),
  created timestamptz not null default now()
);
create index on schools (country);
create index on reviews (school);
create index on reviews (author);

-- task: guard
alter table profiles enable row level security;
alter table schools enable row level security;
alter table reviews enable row level security;

create function is_editor() returns boolean language sql stable as $$
  select coalesce(auth.jwt() -> 'app_metadata' ->> 'role' = 'editor', false)
$$;
create policy "everyone reads profiles" on profiles for select using (true);
create policy "people write their own" on profiles for all to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "everyone reads schools" on schools for select using (true);
create policy "editors write schools" on schools for all to authenticated
  using ((select is_editor())) with check ((select is_editor()));
create policy "everyone reads reviews" on reviews for select using (true);
create policy "authors create" on reviews for insert to authenticated
  with check (author = (select auth.uid()));
create policy "authors update" on reviews for update to authenticated
  using (author = (select auth.uid())) with check (author = (select auth.uid()));
create policy "authors and editors delete" on reviews for delete to authenticated
  using (author = (select auth.uid()) or (select is_editor()));
revoke update on reviews from anon, authenticated;
grant update (stars, body) on reviews to authenticated;
