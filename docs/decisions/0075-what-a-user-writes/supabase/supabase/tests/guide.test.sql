-- task: test
begin;
select plan(6);

insert into auth.users (id) values
  ('00000000-0000-0000-0000-00000000000a'),
  ('00000000-0000-0000-0000-00000000000b'),
  ('00000000-0000-0000-0000-00000000000e');
insert into profiles (id, name) select id, 'Somebody' from auth.users;
insert into schools (id, name, country) values ('00000000-0000-0000-0000-000000000001', 'Delft', 'nl');
insert into reviews (school, author, stars, body) values
  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000a', 5, 'Good'),
  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000b', 2, 'Bad');

prepare change as
  update reviews set stars = 4 where body = 'Good' returning stars;

set local role anon;
select throws_ok('change', '42501');
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000b"}';
select is_empty('change', 'a stranger');
set local request.jwt.claims =
  '{"sub": "00000000-0000-0000-0000-00000000000e", "app_metadata": {"role": "editor"}}';
select is_empty('change', 'an editor');
select results_eq(
  $$select name, stars, count from compare(array['00000000-0000-0000-0000-000000000001'::uuid])$$,
  $$values ('Delft', 3.5, 2::bigint)$$
);
select throws_ok(
  $$select * from compare(array_fill('00000000-0000-0000-0000-000000000001'::uuid, array[5]))$$,
  '22023'
);
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a"}';
select isnt_empty('change', 'the author');

select * from finish();
rollback;
