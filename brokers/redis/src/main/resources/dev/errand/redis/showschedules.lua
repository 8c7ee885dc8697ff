-- KEYS[1]: the list of asynq's scheduler entries. ARGV: now, entries. They are shown for 20 s.
redis.call('DEL', KEYS[1])
for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
redis.call('EXPIRE', KEYS[1], 20)
return #ARGV - 1
