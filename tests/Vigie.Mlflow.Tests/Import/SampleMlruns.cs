namespace Vigie.Mlflow.Tests.Import;

/// <summary>An mlruns folder as MLflow 2 and 3 write it, with the oddities that old versions left.</summary>
internal static class SampleMlruns
{
    public const string Run = "0123456789abcdef0123456789abcdef";
    public const string OldRun = "11111111111111111111111111111111";
    public const string DeletedRun = "22222222222222222222222222222222";
    public const string TrashedRun = "33333333333333333333333333333333";
    public const string Model = "m-44444444444444444444444444444444";

    public static string Write(string root)
    {
        void File(string path, string text)
        {
            string file = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            System.IO.File.WriteAllText(file, text);
        }

        File("0/meta.yaml", "artifact_location: file:///home/ann/mlruns/0\ncreation_time: 1700000000000\nexperiment_id: '0'\nlast_update_time: 1700000000000\nlifecycle_stage: active\nname: Default\n");
        File("137/meta.yaml", "artifact_location: file:///home/ann/mlruns/137\ncreation_time: 1700000000001\nexperiment_id: '137'\nlast_update_time: 1700000000002\nlifecycle_stage: active\nname: \"t\\xE4glich: a\"\n");
        File("137/tags/mlflow.note.content", "two\nlines");
        File($"137/{Run}/meta.yaml", $"artifact_uri: file:///home/ann/mlruns/137/{Run}/artifacts\nend_time: 1700000005000\nentry_point_name: ''\nexperiment_id: '137'\nlifecycle_stage: active\nrun_id: {Run}\nrun_name: brave-owl-7\nrun_uuid: {Run}\nsource_name: ''\nsource_type: 4\nsource_version: ''\nstart_time: 1700000004000\nstatus: 3\ntags: []\nuser_id: ann\n");
        File($"137/{Run}/params/C", "1");
        File($"137/{Run}/params/model/penalty", "l2");
        File($"137/{Run}/tags/mlflow.runName", "brave-owl-7");
        File($"137/{Run}/tags/mlflow.source.git.commit", "abc");
        File($"137/{Run}/metrics/loss", "1700000004100 0.9 0\n1700000004200 0.5 1\n1700000004300 nan 2\n1700000004200 0.5 1\n");
        File($"137/{Run}/metrics/valid/f1", "1700000004300 0.79 2\n1700000004300 -inf 3\nnot a metric\n");
        File($"137/{Run}/artifacts/model/MLmodel", "flavors: {}\n");
        File($"137/{Run}/artifacts/plots/größe.txt", "grüße");
        File($"137/{Run}/inputs/a1/meta.yaml", "destination_id: ds1\ndestination_type: RUN\nsource_id: ds1\nsource_type: DATASET\ntags:\n  mlflow.data.context: training\n");
        File("137/datasets/ds1/meta.yaml", "digest: d1gest\nname: tweets\nprofile: '{\"num_rows\": 3}'\nschema: null\nsource: '{\"uri\": \"tweets.csv\"}'\nsource_type: local\n");
        File($"137/{Run}/outputs/{Model}/meta.yaml", $"destination_id: {Model}\ndestination_type: MODEL_OUTPUT\nsource_id: {Run}\nsource_type: RUN_OUTPUT\nstep: 2\ntags: {{}}\n");
        File($"137/models/{Model}/meta.yaml", $"artifact_location: file:///home/ann/mlruns/137/models/{Model}/artifacts\ncreation_timestamp: 1700000004500\nexperiment_id: '137'\nlast_updated_timestamp: 1700000004600\nmodel_id: {Model}\nmodel_type: null\nname: sentiment\nsource_run_id: {Run}\nstatus: 2\nstatus_message: null\n");
        File($"137/models/{Model}/params/C", "1");
        File($"137/models/{Model}/tags/kind", "linear");
        File($"137/models/{Model}/metrics/f1", $"1700000004700 0.8 1 {Run} tweets d1gest\n1700000004800 0.81 2 {Run}\n");
        File($"137/models/{Model}/artifacts/model.onnx", "weights");
        // A run of MLflow 1: number as experiment id, no run_name, metrics without steps.
        File($"137/{OldRun}/meta.yaml", $"artifact_uri: s3://bucket/137/{OldRun}/artifacts\nend_time: null\nexperiment_id: 137\nname: ''\nrun_uuid: {OldRun}\nsource_type: 4\nstart_time: 1600000000000\nstatus: 4\nuser_id: ann\n");
        File($"137/{OldRun}/metrics/acc", "1600000000 0.25\n");
        File($"137/{DeletedRun}/meta.yaml", $"artifact_uri: file:///home/ann/mlruns/137/{DeletedRun}/artifacts\nend_time: 1700000005000\nexperiment_id: '137'\nlifecycle_stage: deleted\nrun_id: {DeletedRun}\nrun_name: gone\nstart_time: 1700000004000\nstatus: 5\nuser_id: ann\n");
        File($"137/{DeletedRun}/params/C", "2");
        Directory.CreateDirectory(Path.Combine(root, "137", "no-meta"));
        File("137/broken/meta.yaml", "run_id: [unclosed\n");
        File(".trash/9/meta.yaml", "artifact_location: file:///x/9\ncreation_time: 1700000000009\nexperiment_id: '9'\nlast_update_time: 1700000000009\nlifecycle_stage: deleted\nname: thrown away\n");
        File($".trash/9/{TrashedRun}/meta.yaml", $"artifact_uri: file:///x/9/{TrashedRun}/artifacts\nend_time: 5\nexperiment_id: '9'\nlifecycle_stage: active\nrun_id: {TrashedRun}\nrun_name: r\nstart_time: 4\nstatus: 3\nuser_id: ann\n");
        File("models/sentiment/meta.yaml", "aliases: {}\ncreation_timestamp: 1700000006000\ndescription: of tweets\nlast_updated_timestamp: 1700000007000\nname: sentiment\n");
        File("models/sentiment/tags/team", "a");
        File("models/sentiment/aliases/best", "3");
        File("models/sentiment/version-1/meta.yaml", Version(1, "Archived", $"file:///home/ann/mlruns/137/{Run}/artifacts/model", Run));
        File("models/sentiment/version-2/meta.yaml", Version(2, "Deleted_Internal", "x", Run));
        File("models/sentiment/version-3/meta.yaml", Version(3, "Production", $"models:/{Model}", Run, Model, $"file:///home/ann/mlruns/137/models/{Model}/artifacts"));
        File("models/sentiment/version-3/tags/kind", "linear");
        return root;
    }

    private static string Version(int number, string stage, string source, string run, string? model = null, string? storage = null) =>
        $"aliases: []\ncreation_timestamp: 170000000600{number}\ncurrent_stage: {stage}\ndescription: ''\nlast_updated_timestamp: 170000000700{number}\nmodel_id: {model ?? "null"}\nname: sentiment\nrun_id: {run}\nrun_link: ''\nsource: {source}\nstatus: READY\nstatus_message: null\nstorage_location: {storage ?? source}\nuser_id: null\nversion: {number}\n";
}
