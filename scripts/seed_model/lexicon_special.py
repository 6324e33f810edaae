# ruff: noqa: E501  (a table: one entry a line)
"""Tools that are no verb with a noun: sums, conversions, file commands, car and house controls, logins.

One tool a line: names | descriptions | openings of the request | parameters | result fields | what it yields.
A parameter is `name:type:source:phrases`.
"""

from __future__ import annotations

SPECIAL: str = """
mean,average,get_mean|Arithmetic mean of a list of numbers./Computes the average of the values.|compute the average/get the mean/work out the average|numbers:nn:reading:of {}/for {}|mean:n:number|average
median,find_median|Middle value of a sorted list./Find the median of the given numbers.|find the median/get the median|numbers:nn:reading:of {}/for {}|median:n:number|median
add,sum_two,plus|Adds two numbers./Sum of a and b.|add/add up|a:n:number:{};b:n:number:and {}/to {}|result:n:number|sum
multiply,times,product_of|Multiplies two numbers./Product of two values.|multiply|a:n:number:{};b:n:number:by {}/with {}|result:n:number|product
divide,quotient|Divides the first number by the second./Division of two numbers.|divide|a:n:number:{};b:n:number:by {}|result:n:number|quotient
subtract,minus,difference|Takes the second number away from the first./Difference of two numbers.|subtract from/take away from|a:n:number:{};b:n:number:the number {}/exactly {}|result:n:number|difference
power,raise_to|Raises a base to an exponent./Exponentiation.|raise|base:n:number:{};exponent:i:small:to the power of {}/to the power {}|result:n:number|power
square_root,sqrt|Square root of a number./Computes the root with the wanted precision.|compute the square root/find the square root|number:n:number:of {};precision:i:stars:with {} decimals/to {} decimal places|root:n:number|root
logarithm,log_of|Logarithm of a value to a base./Calculates a logarithm.|compute the logarithm/get the logarithm|value:n:number:of {};base:i:small:to base {}/with base {}|result:n:number|logarithm
percentage_of,percent|What share a part is of the whole, in percent./Computes a percentage.|tell me what percentage/work out what percentage|part:n:number:{} is;whole:n:number:of {}|percentage:n:rate|share
round_number,round|Rounds a number to some decimals./Rounding helper.|round|number:n:number:{};decimals:i:stars:to {} decimals/to {} decimal places|rounded:n:number|rounded value
max_value,maximum|Largest of the given numbers./Returns the biggest value of a list.|find the largest/get the biggest|numbers:nn:reading:of {}/among {}|maximum:n:number|maximum
min_value,minimum|Smallest of the given numbers./Returns the lowest value.|find the smallest/tell me the lowest|numbers:nn:reading:of {}/among {}|minimum:n:number|minimum
sort_numbers,order_list|Sorts numbers up or down./Puts a list of numbers in order.|sort/put in order|values:nn:reading:the numbers {}/the values {};direction:s:[ascending,descending]:in {} order/{}|first:n:number|order
std_dev,standard_deviation|Standard deviation of a list./How far the values spread.|compute the standard deviation/find the spread|numbers:nn:reading:of {}/for {}|deviation:n:rate|deviation
circle_area,area_of_circle|Area of a circle from its radius./Computes how large a circle is.|compute the area/find the area|radius:n:weight:of a circle with radius {}/for a circle of radius {}|area:n:number|area
rectangle_area,surface|Area of a rectangle./Width times height.|compute the area/work out the area|width:n:weight:of a rectangle with width {}/of a rectangle {} wide;height:n:weight:and height {}/and {} high|area:n:number|area
triangle_perimeter,perimeter|Perimeter of a triangle from its three sides.|get the perimeter/work out the perimeter|a:n:weight:of a triangle with sides {};b:n:weight:and {};c:n:weight:and {}|perimeter:n:number|perimeter
convert_length,length_units|Converts a length from one unit to another./Unit conversion for lengths.|convert/change|value:n:number:{};from_unit:s:lengthunit:{};to_unit:s:lengthunit:to {}/into {}|converted:n:number|length
convert_weight,weight_units|Converts a weight between units./Changes grams, pounds and the like.|convert/turn|value:n:number:{};from_unit:s:weightunit:{};to_unit:s:weightunit:to {}/into {}|converted:n:number|weight
convert_temperature,degrees|Converts temperatures./Celsius, Fahrenheit and Kelvin.|convert/change|value:n:temperature:{};from_scale:s:[celsius,fahrenheit,kelvin]:degrees {};to_scale:s:[celsius,fahrenheit,kelvin]:to {}/into {}|degrees:n:temperature|temperature
convert_currency,exchange|Converts an amount of money./Exchange at the rate of the day.|convert/exchange|amount:n:amount:{};from_currency:s:currency:{};to_currency:s:currency:to {}/into {}|converted:n:amount;rate:n:rate|money
exchange_rate,rate_between|Rate between two currencies today.|get the exchange rate/tell me the rate|base:s:currency:from {};target:s:currency:to {}|rate:n:rate|rate
time_in_city,local_time|Current local time of a city./What time it is somewhere.|tell me the time/check the local time|city:s:city:in {}|time:s:time|time
time_difference,hours_between|Hours between two cities' clocks.|tell me the time difference/find out the time difference|first_city:s:city:between {};second_city:s:city:and {}|hours:i:small|difference
days_between,date_gap|Number of days from one date to another.|count the days/tell me how many days there are|start:s:date:from {};end:s:date:to {}/until {}|days:i:dose|number of days
add_days,shift_date|Adds days to a date.|tell me the date/find the date|days:i:small:{} days;date:s:date:after {}|date_after:s:date|date
cp,copy_file|Copies a file./Copy from source to target.|copy|source:s:filename:{}/the file {};target:s:filename:to {}/as {}|copied:b:-;path:s:path|copy
mv,rename_file|Moves or renames a file.|rename/move|source:s:filename:{}/the file {};target:s:filename:to {}|moved:b:-|file
rm,remove_file|Removes a file for good./Deletes one file.|remove/delete|file_name:s:filename:{}/the file {}|removed:b:-|file
touch,new_file|Creates an empty file./Makes a file without content.|create an empty file/make a new file|file_name:s:filename:called {}/named {}|path:s:path|file
mkdir,make_folder|Creates a folder./Makes a new directory.|create a folder/make a directory|dir_name:s:folder:called {}/named {}|created:b:-|folder
cat,read_text|Shows the content of a file./Prints a text file.|show me what is written/show me the content|file_name:s:filename:in {}/of {}|text:s:note|text
grep,search_in_file|Finds lines with a pattern in a file.|search/look|file_name:s:filename:{}/in {};pattern:s:keyword:for {}|line:s:note;matches:i:small|line
tail,last_lines|Last lines of a file.|show me the end/print the end|file_name:s:filename:of {};lines:i:small:with {} lines/limited to {} lines|text:s:note|text
head,first_lines|First lines of a file.|show me the beginning/print the start|file_name:s:filename:of {};lines:i:small:with {} lines/limited to {} lines|text:s:note|text
wc,count_words|Counts words or lines of a file.|count the/tell me the number of|unit:s:[words,lines,characters]:{};file_name:s:filename:in {}|count:i:dose|count
ls,list_dir|Lists a directory./Shows what a folder holds.|list everything/show me what is|folder:s:folder:in {}/inside {}|entries:ss:filename|content
pwd,where_am_i|Current working directory.|tell me which folder I am in/show me the current folder||path:s:path|folder
diff,compare_files|Differences of two files.|compare/show me how to tell apart|first:s:filename:{};second:s:filename:with {}/and {}|changes:i:small|comparison
du,disk_usage|How much space a folder takes.|check how much space is used/tell me the size|folder:s:folder:by {}/of {}|megabytes:n:weight|size
echo,write_text|Writes a text into a file.|write|text:s:note:{};file_name:s:filename:into {}/to {}|written:b:-|text
zip_folder,compress|Packs a folder into an archive.|pack/zip|folder:s:folder:the folder {}/{};archive:s:filename:into {}/as {}|size_mb:n:weight|archive
login,sign_in|Logs a user in./Starts a session with name and password.|log in/sign me in|username:s:handle:as {}/with the username {};password:s:code:with the password {}/using password {}|success:b:-;session:s:hex|session
logout,sign_out|Ends the current session.|log me out/sign me out||success:b:-|session
login_status,is_logged_in|Whether somebody is logged in at the moment.|check whether I am logged in/tell me if I am signed in||logged_in:b:-;username:s:handle|login
whoami,current_user|Name of the current user.|tell me who I am logged in as/show me my account name||username:s:handle;role_name:s:[admin,editor,viewer]|user
server_status,ping|Tells whether the service is up.|check whether the service is up/tell me how the server is doing||state:s:state;latency_ms:i:minutes|server
start_engine,ignition|Starts or stops the engine./Engine control.|set the engine/switch the ignition|action:s:[start,stop]:to {};key_code:s:code:with key {}/using key {}|engine_state:s:state;fuel_level:n:weight|engine
fuel_level,tank_level|How much fuel is left.|check how much fuel is left/tell me the fuel level||liters:n:weight;range_km:i:dose|fuel
fill_tank,refuel|Adds fuel to the tank.|fill the tank/add fuel|liters:n:weight:with {} liters/up to {} liters|level:n:weight|tank
tire_pressure,check_tires|Pressure of all four tires.|check the tire pressure/look at the tires||front:n:rate;rear:n:rate|pressure
cruise_speed,set_cruise|Cruise control of the car.|set the cruise control/turn on cruise control|speed:i:pulse:to {}/at {};distance_m:i:minutes:with a distance of {} meters/keeping {} meters|active:b:-;speed:i:pulse|cruise control
set_climate,cabin_heat|Heating and cooling of the car.|set the climate/set the cabin|temperature:n:temperature:to {} degrees/at {} degrees;fan_level:i:stars:with the fan at {}/with fan level {}|temperature:n:temperature|climate
lock_doors,door_lock|Locks or unlocks the doors.|lock the doors/make sure the doors are locked|doors:ss:cardoor:on the {}/at the {}|locked:b:-;remaining:i:stars|doors
headlights,light_switch|Switches the headlights.|switch the headlights/set the lights|mode:s:[on,off,auto]:to {}|state:s:[on,off,auto]|headlights
navigate_to,set_destination|Navigation to an address.|navigate/take me|address:s:street:to {}|distance_km:n:weight;arrival:s:time|route
distance_between,route_length|Road distance of two towns.|tell me how far it is/work out the distance|origin:s:city:from {};destination:s:city:to {}|distance_km:n:weight|distance
geocode,coordinates|Coordinates of a place.|find the coordinates/tell me where to find|city:s:city:of {}/for {}|latitude:n:latitude;longitude:n:longitude|coordinates
current_weather,weather_now|Weather at this moment./Present conditions of a place.|tell me the weather/check the weather|city:s:city:in {}/for {};units:s:[metric,imperial]:in {} units/using {} units|temperature:n:temperature;humidity:i:percent|weather
translate,translate_text|Translates a text./Text into another language.|translate|text:s:message:{};target:s:language:into {}/to {}|translated:s:message|translation
detect_language,which_language|Finds out which language a text is in.|detect the language/tell me the language|text:s:message:of {}|language:s:language;confidence:n:rate|language
spell_check,proofread|Checks the spelling of a text.|check the spelling/look for mistakes|text:s:message:of {}/in {}|mistakes:i:small|text
random_number,roll|A random number in a range.|draw a random number/pick a number|low:i:stars:from {};high:i:dose:to {}/up to {}|number:i:dose|number
generate_password,new_password|Makes a random password.|make a password/generate a password|length:i:small:of length {}/with {} characters;symbols:b:-:including symbols/with symbols/without symbols/leaving out symbols|password:s:hex|password
set_timer,timer|Starts a countdown.|set a timer/start a countdown|minutes:i:minutes:for {} minutes/of {} minutes;label:s:label:called {}/with the label {}|ends_at:s:time|timer
set_alarm,wake_up|Sets an alarm clock.|set an alarm/wake me|time:s:time:at {}/for {};days:ss:weekday:on {}/every {}|alarm_id:s:code|alarm
call,dial|Calls a phone number.|call/dial|phone:s:phone:{}/the number {}|connected:b:-;duration_minutes:i:minutes|call
text_someone,sms|Sends a short message.|text/send a text to|phone:s:phone:{}/the number {};text:s:message:saying {}|sent:b:-;sms_id:s:code|text
stock_price,share_price|Latest price of a share.|get the stock price/check the share price|symbol:s:ticker:of {}/for {}|price:n:price;change:n:rate|stock
buy_shares,place_order|Buys shares at a price limit.|buy/order|count:i:small:{};symbol:s:ticker:shares of {};max_price:n:price:at {} or less/for at most {}|order_id:s:code;status:s:state|order
bmi,body_mass|Body mass index from height and weight.|compute the body mass index/work out my body mass index|height:n:heightcm:for a height of {};weight:n:weight:and a weight of {}|bmi:n:rate|index
loan_rate,monthly_payment|What a loan costs a month.|work out the monthly payment/tell me the monthly cost|principal:n:bigamount:for a loan of {}/of {};rate:n:rate:at {} percent;years:i:small:over {} years/for {} years|payment:n:amount|payment
split_bill,tip_share|Splits a bill among guests.|split a bill/share the bill|total:n:amount:of {};people:i:small:among {} people/between {} of us;tip_percent:i:percent:with a tip of {} percent/adding {} percent|each:n:price|bill
count_calories,calories_of|Calories of a dish.|count the calories/tell me the calories|dish:s:dish:of {}/in {};grams:i:dose:for {} grams/with {} grams|calories:i:dose|calories
play,play_song|Plays a song./Starts the music.|play/put on|song:s:song:{};artist:s:person:by {}/from {}|playing:b:-;device_name:s:device|song
volume,set_volume|Loudness of a speaker.|set the volume/turn the volume|level:i:percent:to {};room:s:houseroom:in the {}|level:i:percent|volume
define,dictionary|Meaning of a word.|look up the meaning/tell me the meaning|word:s:word:of {};language:s:language:in {}|meaning:s:note|meaning
qr_code,make_qr|Turns a link into a picture code.|make a picture code/create a scan code|url:s:url:for {};pixels:i:dose:with {} pixels|file_name:s:filename|code
shorten_url,short_link|Makes a short link.|shorten/make a short link for|url:s:url:{}/the link {}|short:s:url|link
""".strip()
