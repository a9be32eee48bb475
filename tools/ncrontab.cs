#:package NCrontab.Signed@3.3.0
#:property PublishAot=false

// What the Functions host's own parser says about each schedule of test/app/schedules.json, written down there:
// null, the host's timer would be in error; else the next three occurrences. It needs .NET 10:
//
//   dotnet run tools/ncrontab.cs test/app/schedules.json && npm run format
//
// Add a schedule with any value, record, and run test/app/schedule.test.ts.
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using NCrontab;

// Between two minutes: NCrontab 3.3 skips an occurrence when nothing but the hour changes.
var from = new DateTime(2026, 11, 21, 12, 34, 56, DateTimeKind.Utc);
var sixFields = new CrontabSchedule.ParseOptions { IncludingSeconds = true };

var path = args[0];
var verdicts = new JsonObject();
foreach (var (text, _) in JsonNode.Parse(File.ReadAllText(path))!.AsObject()) verdicts[text] = Verdict(text);
File.WriteAllText(path, verdicts.ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

JsonArray? Verdict(string text)
{
    try
    {
        if (CrontabSchedule.TryParse(text, sixFields) is not { } schedule) return null;
        var found = new JsonArray();
        for (var at = from; found.Count < 3; found.Add(at.ToString("s", CultureInfo.InvariantCulture) + "Z"))
            at = schedule.GetNextOccurrence(at);
        return found;
    }
    // it throws at numbers that are too large, and at a day that never comes
    catch (Exception error) when (error is OverflowException or ArgumentOutOfRangeException) { return null; }
}
