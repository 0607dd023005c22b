"""The messages of graphs: GraphDef, meta graphs, SavedModel, what a run was asked for and told of itself. They are in messages.CLASSES once this is imported."""

from sokuji._src.io import messages

messages.make("""
AttrValue.ListValue: s 2 *y, i 3 *i, f 4 *f, b 5 *b, type 6 *t, shape 7 *TensorShapeProto, tensor 8 *TensorProto, func 9 *NameAttrList
AttrValue: list 1 AttrValue.ListValue[value], s 2 y[value], i 3 i[value], f 4 f[value], b 5 b[value], type 6 t[value], shape 7 TensorShapeProto[value], \
tensor 8 TensorProto[value], placeholder 9 s[value], func 10 NameAttrList[value]
NameAttrList: name 1 s, attr 2 mAttrValue
NodeDef: name 1 s, op 2 s, input 3 *s, device 4 s, attr 5 mAttrValue
VersionDef: producer 1 i, min_consumer 2 i, bad_consumers 3 *i
OpDef.ArgDef: name 1 s, description 2 s, type 3 t, type_attr 4 s, number_attr 5 s, type_list_attr 6 s, is_ref 16 b
OpDef.AttrDef: name 1 s, type 2 s, default_value 3 AttrValue, description 4 s, has_minimum 5 b, minimum 6 i, allowed_values 7 AttrValue
OpDef: name 1 s, input_arg 2 *OpDef.ArgDef, output_arg 3 *OpDef.ArgDef, attr 4 *OpDef.AttrDef, summary 5 s, description 6 s, is_aggregate 16 b, \
is_stateful 17 b, is_commutative 18 b, allows_uninitialized_input 19 b, control_output 20 *s
OpList: op 1 *OpDef
FunctionDef: signature 1 OpDef, node_def 3 *NodeDef, ret 4 ms, attr 5 mAttrValue, control_ret 6 ms
GradientDef: function_name 1 s, gradient_func 2 s
FunctionDefLibrary: function 1 *FunctionDef, gradient 2 *GradientDef
GraphDef: node 1 *NodeDef, library 2 FunctionDefLibrary, version 3 i, versions 4 VersionDef
Any: type_url 1 s, value 2 y
CollectionDef.NodeList: value 1 *s
CollectionDef.BytesList: value 1 *y
CollectionDef.Int64List: value 1 *i
CollectionDef.FloatList: value 1 *f
CollectionDef.AnyList: value 1 *Any
CollectionDef: node_list 1 CollectionDef.NodeList[kind], bytes_list 2 CollectionDef.BytesList[kind], int64_list 3 CollectionDef.Int64List[kind], \
float_list 4 CollectionDef.FloatList[kind], any_list 5 CollectionDef.AnyList[kind]
TensorInfo.CooSparse: values_tensor_name 1 s, indices_tensor_name 2 s, dense_shape_tensor_name 3 s
TensorInfo: name 1 s[encoding], dtype 2 t, tensor_shape 3 TensorShapeProto, coo_sparse 4 TensorInfo.CooSparse[encoding]
SignatureDef: inputs 1 mTensorInfo, outputs 2 mTensorInfo, method_name 3 s
SaverDef: filename_tensor_name 1 s, save_tensor_name 2 s, restore_op_name 3 s, max_to_keep 4 i, sharded 5 b, keep_checkpoint_every_n_hours 6 f, version 7 i
AssetFileDef: tensor_info 1 TensorInfo, filename 2 s
MetaGraphDef.MetaInfoDef: meta_graph_version 1 s, stripped_op_list 2 OpList, any_info 3 Any, tags 4 *s, tensorflow_version 5 s, tensorflow_git_version 6 s, \
stripped_default_attrs 7 b, function_aliases 8 ms
MetaGraphDef: meta_info_def 1 MetaGraphDef.MetaInfoDef, graph_def 2 GraphDef, saver_def 3 SaverDef, collection_def 4 mCollectionDef, \
signature_def 5 mSignatureDef, asset_file_def 6 *AssetFileDef, object_graph_def 7 SavedObjectGraph
SavedModel: saved_model_schema_version 1 i, meta_graphs 2 *MetaGraphDef
SaveSliceInfoDef: full_name 1 s, full_shape 2 *i, var_offset 3 *i, var_shape 4 *i
VariableDef: variable_name 1 s, initializer_name 2 s, snapshot_name 3 s, save_slice_info_def 4 SaveSliceInfoDef, is_resource 5 b, initial_value_name 6 s, \
trainable 7 b, synchronization 8 i, aggregation 9 i
ObjectReference: node_id 1 i, local_name 2 s
SlotVariableReference: original_variable_node_id 1 i, slot_name 2 s, slot_variable_node_id 3 i
SavedUserObject: identifier 1 s, version 2 VersionDef, metadata 3 s
SavedAsset: asset_file_def_index 1 i
SavedFunction: concrete_functions 1 *s, function_spec 2 FunctionSpec
CapturedTensor: name 1 s, concrete_function 2 s
SavedBareConcreteFunction: concrete_function_name 1 s, argument_keywords 2 *s, allowed_positional_arguments 3 i, function_spec 4 FunctionSpec
SavedConstant: operation 1 s
SavedVariable: dtype 1 t, shape 2 TensorShapeProto, trainable 3 b, synchronization 4 i, aggregation 5 i, name 6 s, device 7 s
SavedResource: device 1 s
SavedObject: children 1 *ObjectReference, slot_variables 3 *SlotVariableReference, user_object 4 SavedUserObject[kind], asset 5 SavedAsset[kind], \
function 6 SavedFunction[kind], variable 7 SavedVariable[kind], bare_concrete_function 8 SavedBareConcreteFunction[kind], constant 9 SavedConstant[kind], \
resource 10 SavedResource[kind], captured_tensor 12 CapturedTensor[kind], registered_name 13 s
SavedConcreteFunction: bound_inputs 2 *i, canonicalized_input_signature 3 StructuredValue, output_signature 4 StructuredValue
SavedObjectGraph: nodes 1 *SavedObject, concrete_functions 2 mSavedConcreteFunction
FunctionSpec: fullargspec 1 StructuredValue, is_method 2 b, input_signature 5 StructuredValue, jit_compile 6 i
Nothing:
PairValue: key 1 s, value 2 StructuredValue
TensorSpecProto: name 1 s, shape 2 TensorShapeProto, dtype 3 t
ListValue: values 1 *StructuredValue
DictValue: fields 1 mStructuredValue
NamedTupleValue: name 1 s, values 2 *PairValue
TypeSpecProto: type_spec_class 1 i, type_state 2 StructuredValue, type_spec_class_name 3 s, num_flat_components 4 i
StructuredValue: none_value 1 Nothing[kind], float64_value 11 d[kind], int64_value 12 i[kind], string_value 13 s[kind], bool_value 14 b[kind], \
tensor_shape_value 31 TensorShapeProto[kind], tensor_dtype_value 32 t[kind], tensor_spec_value 33 TensorSpecProto[kind], type_spec_value 34 TypeSpecProto[kind], \
list_value 51 ListValue[kind], tuple_value 52 ListValue[kind], dict_value 53 DictValue[kind], named_tuple_value 54 NamedTupleValue[kind]
AllocatorMemoryUsed: allocator_name 1 s, total_bytes 2 i, peak_bytes 3 i, live_bytes 4 i
TensorDescription: dtype 1 t, shape 2 TensorShapeProto
NodeOutput: slot 1 i, tensor_description 3 TensorDescription
NodeExecStats: node_name 1 s, all_start_micros 2 i, op_start_rel_micros 3 i, op_end_rel_micros 4 i, all_end_rel_micros 5 i, memory 6 *AllocatorMemoryUsed, \
output 7 *NodeOutput, timeline_label 8 s, scheduled_micros 9 i, thread_id 10 i
DeviceStepStats: device 1 s, node_stats 2 *NodeExecStats
StepStats: dev_stats 1 *DeviceStepStats
RunMetadata.FunctionGraphs: partition_graphs 1 *GraphDef, pre_optimization_graph 2 GraphDef, post_optimization_graph 3 GraphDef
RunMetadata: step_stats 1 StepStats, partition_graphs 3 *GraphDef, function_graphs 4 *RunMetadata.FunctionGraphs
GPUOptions: per_process_gpu_memory_fraction 1 d, allocator_type 2 s, deferred_deletion_bytes 3 i, allow_growth 4 b, visible_device_list 5 s, \
polling_active_delay_usecs 6 i, polling_inactive_delay_msecs 7 i, force_gpu_compatible 8 b
OptimizerOptions: do_common_subexpression_elimination 1 b, do_constant_folding 2 b, opt_level 3 i, do_function_inlining 4 b, global_jit_level 5 i
GraphOptions: enable_recv_scheduling 2 b, optimizer_options 3 OptimizerOptions, build_cost_model 4 i, infer_shapes 5 b, place_pruned_graph 6 b, \
enable_bfloat16_sendrecv 7 b, timeline_step 8 i, build_cost_model_after 9 i
ConfigProto: device_count 1 mi, intra_op_parallelism_threads 2 i, placement_period 3 i, device_filters 4 *s, inter_op_parallelism_threads 5 i, \
gpu_options 6 GPUOptions, allow_soft_placement 7 b, log_device_placement 8 b, use_per_session_threads 9 b, graph_options 10 GraphOptions, \
operation_timeout_in_ms 11 i, isolate_session_state 15 b
RunOptions: trace_level 1 i, timeout_in_ms 2 i, inter_op_thread_pool 3 i, output_partition_graphs 5 b, report_tensor_allocations_upon_oom 7 b
""")

CLASSES = messages.CLASSES
for _number, _name in enumerate("NO_TRACE SOFTWARE_TRACE HARDWARE_TRACE FULL_TRACE".split()):
    setattr(CLASSES["RunOptions"], _name, _number)
for _name, _number in (("L1", 0), ("L0", -1), ("DEFAULT", 0), ("OFF", -1), ("ON_1", 1), ("ON_2", 2)):
    setattr(CLASSES["OptimizerOptions"], _name, _number)
for _number, _name in enumerate("LEGACY V1 V2".split()):
    setattr(CLASSES["SaverDef"], _name, _number)
