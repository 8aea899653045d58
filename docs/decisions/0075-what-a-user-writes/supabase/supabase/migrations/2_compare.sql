-- task: function
create function compare(ids uuid[]) returns table (name text, stars numeric, count bigint)
language plpgsql stable as $$
begin
  if cardinality(ids) > 4 then
    raise exception 'up to four schools' using errcode = '22023';
  end if;
  return query
    select s.name, avg(r.stars), count(r.id)
    from schools s left join reviews r on r.school = s.id
    where s.id = any (ids) group by s.id;
end $$;
