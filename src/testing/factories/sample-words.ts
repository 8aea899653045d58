/** What made-up texts are put together from. */
export const words: readonly string[] = (
  "amber anchor apple autumn basil beacon birch blue bridge brook candle cedar clover copper coral crane dawn delta ember fern field flint garden ginger " +
  "harbour hazel heron indigo island ivory juniper lake lantern linen maple marble meadow mint moss north oak olive orchard pebble pine plum quartz " +
  "rain reed river robin saffron sage silver slate sparrow spring stone sun thistle tide timber valley violet willow winter wren"
).split(" ");

export const firstNames: readonly string[] =
  "Ada Amina Anders Bao Carla Chidi Dana Elif Emeka Farah Grace Hana Ines Ivan Jonas Kofi Lena Leo Mai Marta Mei Nadia Noor Omar Priya Rosa Sami Sofia Tomas Yuki".split(
    " ",
  );

export const lastNames: readonly string[] =
  "Abebe Ali Berg Castro Chen Costa Diaz Eriksen Fischer Garcia Haddad Ito Jansen Kim Kovacs Lindgren Lopez Mensah Moreau Nguyen Novak Okafor Patel Rossi Sato Silva Tanaka Wong".split(
    " ",
  );
